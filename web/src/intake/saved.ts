// After a report is saved the next form stands ready, and the hand is on the likeliest step for the one just saved.
import { on, one, say } from '../core/dom'
import { settleDraft } from '../core/drafts'
import { goFirst, theForm } from './form'

interface SwapDetail {
  target: HTMLElement
  xhr: XMLHttpRequest
}

// The draft goes before the empty form comes in, or it would be filled with the old text again.
document.addEventListener('htmx:beforeSwap', (event) => {
  const { target, xhr } = (event as CustomEvent<SwapDetail>).detail
  const form = theForm()
  if (target.id === 'registration' && xhr.status < 300 && form) settleDraft(form)
})

document.addEventListener('htmx:afterSettle', (event) => {
  const part = event.target
  if (!(part instanceof HTMLElement)) return
  if (part.id === 'registration') {
    const wrong = one('.is-invalid', part) ?? one('[role="alert"]', part)
    const card = one('[data-saved]', part)
    if (wrong) wrong.focus()
    else if (card) {
      say(`${card.textContent?.replace(/\s+/g, ' ').trim() ?? ''}`)
      ;(one('[data-go]', card) ?? one('[data-next-call]', card))?.focus()
    } else goFirst()
  } else if (part.id === 'saved' && !one('[role="alert"]', part)) goFirst()
})

on('click', '[data-next-call]', goFirst)
if (theForm()) goFirst()
else document.addEventListener('DOMContentLoaded', goFirst)
