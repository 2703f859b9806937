// What this person keeps on this machine. A full or forbidden storage must never stop the work: then nothing is kept.
const person = () => document.body.dataset['person'] || 'nobody'
const address = (name: string) => `cl:${person()}:${name}`

export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(address(name), JSON.stringify(value))
  } catch {
    // private mode or quota
  }
}

export function recall<T>(name: string): T | null {
  try {
    const found = localStorage.getItem(address(name))
    return found === null ? null : (JSON.parse(found) as T)
  } catch {
    return null
  }
}

export function forget(name: string): void {
  try {
    localStorage.removeItem(address(name))
  } catch {
    // private mode
  }
}

// What identifies a citizen outlives a refresh, but not the browser window: it is never written to the disk for days.
export function keepForSession(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(address(name), JSON.stringify(value))
  } catch {
    // private mode or quota
  }
}

export function recallForSession<T>(name: string): T | null {
  try {
    const found = sessionStorage.getItem(address(name))
    return found === null ? null : (JSON.parse(found) as T)
  } catch {
    return null
  }
}

export function forgetForSession(name: string): void {
  try {
    sessionStorage.removeItem(address(name))
  } catch {
    // private mode
  }
}

/** Remove kept things with this prefix that are older than the given days. */
export function forgetOld(prefix: string, days: number, now: number): void {
  try {
    const start = address(prefix)
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(start)) continue
      const kept = JSON.parse(localStorage.getItem(name) ?? '{}') as { at?: number }
      if (!kept.at || now - kept.at > days * 86_400_000) localStorage.removeItem(name)
    }
  } catch {
    // unreadable: leave it
  }
}
