export const channel = { spec: 'channel-v2', id: 'next-spec', capabilities: { maxTextLength: 1 } }
