/** Notices when nothing comes any more on a connection that is still open. */
export interface Liveness {
  begin(this: void): void
  heard(this: void): void
  end(this: void): void
}

export interface LivenessOptions {
  readonly silenceMs: number
  readonly onSilence: () => void
  /** Something came after all. */
  readonly onSound: () => void
}

export function createLiveness({ silenceMs, onSilence, onSound }: LivenessOptions): Liveness {
  let timer: NodeJS.Timeout | undefined
  let isSilent = false

  const begin = (): void => {
    clearTimeout(timer)
    isSilent = false
    timer = setTimeout(() => {
      isSilent = true
      onSilence()
    }, silenceMs)
  }

  return {
    begin,
    heard() {
      if (!timer) return
      if (isSilent) onSound()
      begin()
    },
    end() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
