export interface KeyedWorkers {
  /** Run the key's work soon. A wake while it runs makes it run once more. */
  wake(group: string, key: string): void
  /** Keys that run or wait. */
  readonly size: number
  isActive(group: string, key: string): boolean
  /**
   * While the running work of a key waits for something, it takes up no place: what it waits for may be work of another key.
   * Then it goes on at once, even if all places are taken.
   */
  aside<Result>(group: string, wait: () => Promise<Result>): Promise<Result>
  /** Forget what waits in a group. Resolves when nothing of it runs any more. */
  drop(group: string): Promise<void>
  /** Start nothing more. What runs goes on. */
  pause(): void
  /** Resolves when nothing runs (and, unless paused, nothing waits). */
  idle(): Promise<void>
}

export interface KeyedWorkersOptions {
  /** One step of work for a key; `true` asks for another. Must not reject. */
  run(group: string, key: string): Promise<boolean>
  readonly maxActive: number
  maxActiveInGroup(group: string): number
}

interface Group {
  active: number
  /** Of those that run, how many wait and take up no place. */
  aside: number
  /** Called when nothing of the group runs. */
  left: (() => void)[]
  readonly waiting: Set<string>
}

/**
 * At most one run for each key at a time, in order of wake-up, bounded in each group and over all. A wake-up is never lost:
 * one that comes while its key runs leads to another run after it.
 */
export function createKeyedWorkers(options: KeyedWorkersOptions): KeyedWorkers {
  const groups = new Map<string, Group>()
  const running = new Map<string, { again: boolean; isDropped: boolean }>()
  let paused = false
  let waiting = 0
  let aside = 0
  let idleWaiters: (() => void)[] = []

  const nameOf = (group: string, key: string): string => `${group}\n${key}`

  const groupOf = (name: string): Group => {
    let group = groups.get(name)
    if (group === undefined)
      groups.set(name, (group = { active: 0, aside: 0, left: [], waiting: new Set() }))
    return group
  }

  const settleIdle = (): void => {
    if (running.size > 0 || (waiting > 0 && !paused)) return
    const waiters = idleWaiters
    idleWaiters = []
    for (const resolve of waiters) resolve()
  }

  const enqueue = (groupName: string, group: Group, key: string): void => {
    if (!group.waiting.has(key)) {
      group.waiting.add(key)
      waiting += 1
    }
    // Also for one that waits already: the group's bound may have grown since.
    pump(groupName, group)
  }

  const pump = (groupName: string, group: Group): void => {
    const limit = options.maxActiveInGroup(groupName)
    while (
      !paused &&
      group.active - group.aside < limit &&
      running.size - aside < options.maxActive &&
      group.waiting.size > 0
    ) {
      const [key] = group.waiting
      if (key === undefined) return
      group.waiting.delete(key)
      waiting -= 1
      start(groupName, group, key)
    }
  }

  const pumpAll = (): void => {
    for (const [name, group] of groups) pump(name, group)
  }

  const start = (groupName: string, group: Group, key: string): void => {
    const name = nameOf(groupName, key)
    const state = { again: false, isDropped: false }
    running.set(name, state)
    group.active += 1
    void options
      .run(groupName, key)
      .catch(() => false)
      .then((more) => {
        const saturated = running.size - aside >= options.maxActive
        running.delete(name)
        group.active -= 1
        if (!state.isDropped && (more || state.again)) enqueue(groupName, group, key)
        pump(groupName, group)
        if (saturated) pumpAll()
        if (group.active === 0) for (const tell of group.left.splice(0)) tell()
        settleIdle()
      })
  }

  return {
    wake(groupName, key) {
      const state = running.get(nameOf(groupName, key))
      if (state === undefined) enqueue(groupName, groupOf(groupName), key)
      else state.again = true
    },
    get size() {
      return running.size + waiting
    },
    isActive(groupName, key) {
      return running.has(nameOf(groupName, key)) || groups.get(groupName)?.waiting.has(key) === true
    },
    async aside(groupName, wait) {
      const group = groupOf(groupName)
      group.aside += 1
      aside += 1
      pumpAll()
      try {
        return await wait()
      } finally {
        group.aside -= 1
        aside -= 1
      }
    },
    async drop(groupName) {
      const group = groupOf(groupName)
      waiting -= group.waiting.size
      group.waiting.clear()
      for (const [name, state] of running)
        if (name.startsWith(nameOf(groupName, ''))) state.isDropped = true
      if (group.active > 0) await new Promise<void>((resolve) => void group.left.push(resolve))
      settleIdle()
    },
    pause() {
      paused = true
      settleIdle()
    },
    idle() {
      return new Promise((resolve) => {
        idleWaiters.push(resolve)
        settleIdle()
      })
    },
  }
}
