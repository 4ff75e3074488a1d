/** Slack's names of the emoji that people react with most: https://github.com/iamcal/emoji-data has all. */
const names: Readonly<Record<string, string>> = {
  '👍': '+1',
  '👎': '-1',
  '❤️': 'heart',
  '🔥': 'fire',
  '🥰': 'smiling_face_with_3_hearts',
  '👏': 'clap',
  '😁': 'grin',
  '😀': 'grinning',
  '😄': 'smile',
  '🙂': 'slightly_smiling_face',
  '😊': 'blush',
  '😉': 'wink',
  '😂': 'joy',
  '🤣': 'rolling_on_the_floor_laughing',
  '😅': 'sweat_smile',
  '😍': 'heart_eyes',
  '🤩': 'star-struck',
  '😎': 'sunglasses',
  '🤔': 'thinking_face',
  '🤯': 'exploding_head',
  '😱': 'scream',
  '😢': 'cry',
  '😭': 'sob',
  '😡': 'rage',
  '😴': 'sleeping',
  '🙈': 'see_no_evil',
  '🎉': 'tada',
  '🥳': 'partying_face',
  '🙏': 'pray',
  '👌': 'ok_hand',
  '🙌': 'raised_hands',
  '💪': 'muscle',
  '👋': 'wave',
  '🤝': 'handshake',
  '✌️': 'v',
  '✍️': 'writing_hand',
  '🫡': 'saluting_face',
  '👀': 'eyes',
  '🧠': 'brain',
  '💯': '100',
  '✅': 'white_check_mark',
  '✔️': 'heavy_check_mark',
  '❌': 'x',
  '⚠️': 'warning',
  '❓': 'question',
  '❗': 'exclamation',
  '⏳': 'hourglass_flowing_sand',
  '🚀': 'rocket',
  '💡': 'bulb',
  '⭐': 'star',
  '✨': 'sparkles',
  '🐛': 'bug',
  '🤖': 'robot_face',
  '➕': 'heavy_plus_sign',
  '➖': 'heavy_minus_sign',
  '💔': 'broken_heart',
}

const emojis = new Map(Object.entries(names).map(([emoji, name]) => [name, emoji]))
const bare = new Map(Object.entries(names).map(([emoji, name]) => [withoutVariant(emoji), name]))

/** An emoji where we know it, else Slack's name as people type it, `:party_parrot:`. */
export function toEmoji(name: string): string {
  const [base = ''] = name.split('::', 1)
  const alias = { thumbsup: '+1', thumbsdown: '-1', thinking: 'thinking_face' }[base] ?? base
  return emojis.get(alias) ?? `:${name}:`
}

/** Slack's name of an emoji, of `:name:` or of a bare name; undefined for an emoji that we do not know. */
export function toEmojiName(emoji: string): string | undefined {
  const known = bare.get(withoutVariant(emoji))
  if (known !== undefined) return known
  const name = emoji.replace(/^:(.+):$/, '$1')
  return /^[a-z0-9_+'-]+$/.test(name) ? name : undefined
}

/** With or without the sign that asks for colours. */
function withoutVariant(emoji: string): string {
  return emoji.replaceAll('\uFE0F', '')
}
