export const strings = 'attached'
