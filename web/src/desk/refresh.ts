// Every 20 seconds the counts are fetched again. Parts are morphed, so that focus, scrolling and text stay. How long a case
// still has is never computed here: the server sends the words.
import { all, one } from '../core/dom'
import { htmx } from '../core/htmx'
import { ring } from './sound'

const EVERY = 20_000
const title = document.title

interface Seen {
  newest: number
  urgent: number
}
let seen: Seen | null = null

export function refresh(): void {
  for (const part of all('[data-refresh]')) htmx.trigger(part, 'refresh', {})
}

/** `data-counts` on the boxes: data-total, data-newest (a number that grows with each arrival), data-urgent. */
function look(): void {
  const counts = one('[data-counts]')
  if (!counts) return
  const total = Number(counts.dataset['total'] ?? 0)
  const now = { newest: Number(counts.dataset['newest'] ?? 0), urgent: Number(counts.dataset['urgent'] ?? 0) }
  document.title = `${now.urgent > 0 ? '● ' : ''}${total > 0 ? `(${total}) ` : ''}${title}`
  if (seen && (now.newest > seen.newest || now.urgent > seen.urgent)) ring(now.urgent > seen.urgent)
  seen = now
}

document.addEventListener('htmx:afterSettle', look)
look()
window.setInterval(refresh, EVERY)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') refresh()
})
