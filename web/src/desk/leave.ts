// A claim lives while somebody works: the server hears how long nobody touched anything, and when the desk is closed.
import { one } from '../core/dom'
import { htmx } from '../core/htmx'
import { focusList } from './list'
import { refresh } from './refresh'

let touched = Date.now()
const touch = () => (touched = Date.now())
for (const name of ['keydown', 'pointerdown', 'wheel', 'input']) document.addEventListener(name, touch, { passive: true })

document.addEventListener('htmx:configRequest', (event) => {
  const { headers } = (event as CustomEvent<{ headers: Record<string, string> }>).detail
  headers['X-Idle-Seconds'] = String(Math.round((Date.now() - touched) / 1000))
})

window.addEventListener('pagehide', () => {
  const address = one('[data-leave]')?.dataset['leave']
  const token = one<HTMLMetaElement>('meta[name="csrf-token"]')?.content
  if (!address || !token) return
  const body = new FormData()
  body.append('csrfmiddlewaretoken', token)
  navigator.sendBeacon(address, body)
})

// Who has taken a case over sees it in the list at once.
document.addEventListener('claim-taken', () => {
  const list = one('#list')
  if (list) htmx.trigger(list, 'refresh', {})
})

// Rows that were dealt with together leave the list; what was ticked is forgotten with them.
document.addEventListener('batch-done', () => {
  one('[data-untick]')?.click()
  refresh()
  focusList()
})
