// What only scripts can serve appears with them (`data-scripted`), what stands in for them goes (`data-scripted-hide`),
// and a part may depend on a tick (`data-shown-by="id"`).
import { all, on, prepare } from '../core/dom'

function follow(root: ParentNode): void {
  for (const part of all('[data-shown-by]', root)) {
    const box = document.getElementById(part.dataset['shownBy'] ?? '')
    if (box instanceof HTMLInputElement) part.hidden = !box.checked
  }
}

// A button that leads down the page goes when what it leads to is in sight.
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    for (const button of all(`[data-jump="${target.id}"]`)) button.style.visibility = isIntersecting ? 'hidden' : ''
  }
})

on('change', 'input[type="checkbox"]', () => follow(document))
on('draft-restored', 'form', () => follow(document))
prepare((root) => {
  all('[data-scripted]', root).forEach((part) => (part.hidden = false))
  all('[data-scripted-hide]', root).forEach((part) => (part.hidden = true))
  follow(root)
  for (const button of all('[data-jump]', root)) {
    const target = document.getElementById(button.dataset['jump'] ?? '')
    if (target) seen.observe(target)
  }
})
