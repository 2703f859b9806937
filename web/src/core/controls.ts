// Small behaviours by attribute: menus close, dialogs open, pages print.
import { all, on, one, prepare } from './dom'

document.addEventListener('click', (event) => {
  const inside = event.target instanceof Element ? event.target.closest('details.cl-menu') : null
  for (const menu of all<HTMLDetailsElement>('details.cl-menu[open]')) if (menu !== inside) menu.open = false
})
document.addEventListener('keydown', (event) => {
  const menu = event.key === 'Escape' ? one<HTMLDetailsElement>('details.cl-menu[open]') : null
  if (!menu) return
  menu.open = false
  one('summary', menu)?.focus()
  event.preventDefault()
})

on('click', '[data-print]', () => window.print())
// On a narrow screen a part may wait folded (`cl-folds`) until its button is pressed.
on('click', '[data-unfold]', (button) => {
  const part = document.getElementById(button.getAttribute('aria-controls') ?? '')
  if (part) button.setAttribute('aria-expanded', String(part.toggleAttribute('data-unfolded')))
})
on('click', '[data-close]', (element) => element.closest<HTMLDialogElement>('dialog')?.close())
on('click', '[data-open-dialog]', (element) => {
  const dialog = document.getElementById(element.dataset['openDialog'] ?? '')
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal()
})
prepare((root) => {
  for (const dialog of all<HTMLDialogElement>('dialog[data-open-now]', root)) {
    if (dialog.open) continue
    dialog.showModal()
    dialog.addEventListener('close', () => dialog.remove())
  }
})
// A form may ask once more: data-confirm="确定作废？"
document.addEventListener(
  'submit',
  (event) => {
    const question = event.submitter?.dataset['confirm'] ?? (event.target as HTMLElement).dataset['confirm']
    if (question && !window.confirm(question)) {
      event.preventDefault()
      event.stopImmediatePropagation()
    }
  },
  true,
)
