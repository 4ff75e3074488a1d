export type Day = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** Hours of the day, as a clock on the wall shows them. */
export interface TimeWindow {
  /** `HH:MM`, inclusive. Default `00:00`. */
  readonly from?: string
  /** `HH:MM`, exclusive; not later than `from` means the next day. Default: midnight. */
  readonly to?: string
  /** Days on which the window begins. Default: every day. */
  readonly days?: readonly Day[]
  /** An IANA name such as `Europe/Berlin`. Default: `RouterConfig.timeZone`. */
  readonly timeZone?: string
}

const days: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const dayMinutes = 24 * 60
const latestTime = 8.64e15

/**
 * Whether a time, in milliseconds since 1970, is inside the window.
 *
 * @throws RangeError that says what is wrong with the window.
 */
export function compileTimeWindow(
  window: TimeWindow,
  usualTimeZone: string,
): (at: number) => boolean {
  const timeZone = window.timeZone ?? usualTimeZone
  const from = minutesOf(window.from ?? '00:00', 'from')
  const to = minutesOf(window.to ?? '00:00', 'to')
  const unknown = window.days?.find((day) => !days.includes(day))
  if (unknown !== undefined)
    throw new RangeError(`days has ${JSON.stringify(unknown)}; days are ${days.join(', ')}`)
  const clock = clockOf(timeZone)
  const begins = (day: Day | undefined): boolean =>
    window.days === undefined || (day !== undefined && window.days.includes(day))

  return (at) => {
    if (!(Math.abs(at) <= latestTime)) return false
    const { day, minutes } = clock(at)
    const end = to <= from ? to + dayMinutes : to
    if (minutes >= from && minutes < end && begins(day)) return true
    return minutes + dayMinutes < end && begins(dayBefore(day))
  }
}

function minutesOf(text: string, field: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  if (hours !== undefined && minutes !== undefined) return Number(hours) * 60 + Number(minutes)
  throw new RangeError(`${field} is ${JSON.stringify(text)}; write a time such as "18:00"`)
}

function clockOf(
  timeZone: string,
): (at: number) => { readonly day: Day | undefined; readonly minutes: number } {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  } catch (cause) {
    const message = `timeZone is ${JSON.stringify(timeZone)}; write a name such as "Europe/Berlin"`
    throw new RangeError(message, { cause })
  }
  let last: { readonly minute: number; readonly day: Day | undefined; readonly minutes: number } = {
    minute: Number.NaN,
    day: undefined,
    minutes: 0,
  }
  // Messages come close together, and the calendar is slow.
  return (at) => {
    const minute = Math.floor(at / 60_000)
    if (minute === last.minute) return last
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
    const weekday = parts.get('weekday')?.toLowerCase()
    const day = days.find((one) => one === weekday)
    const minutes = Number(parts.get('hour')) * 60 + Number(parts.get('minute'))
    last = { minute, day, minutes }
    return last
  }
}

function dayBefore(day: Day | undefined): Day | undefined {
  return day === undefined ? undefined : days[(days.indexOf(day) + 6) % 7]
}
