// A form that opens in the case pane takes the focus; a case that opens does not take it from a form being written in.
import { isTyping, one } from '../core/dom'

document.addEventListener('htmx:afterSettle', (event) => {
  const part = event.target
  if (!(part instanceof HTMLElement) || !part.closest('#case')) return
  const wanted = one('[data-focus]', part) ?? (part.matches('[data-focus]') ? part : null)
  if (wanted) wanted.focus()
  else if (part.id === 'case' && !isTyping(document.activeElement)) part.scrollTop = 0
})
