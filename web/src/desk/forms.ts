// The forms of an open case stand ready below it, folded: a key unfolds one and puts the hand where it is needed, so that
// nothing waits for the network. A form with text of last time unfolds by itself.
import { all, isTyping, make, on, one, prepare } from '../core/dom'
import { t } from '../core/texts'
import { hasUnsent } from '../phone/shots'

const formsOf = (foot: ParentNode) => all<HTMLFormElement>('form.cl-form', foot)

function isEmpty(field: HTMLInputElement): boolean {
  if (field.type === 'checkbox') return !field.checked
  const holder = field.closest('.cl-field')
  if (field.type === 'file') return one('[data-shots-list] li', holder ?? field) === null
  return field.value === '' && !one('[data-picked] li', holder ?? field)
}

function firstWanted(form: HTMLFormElement): HTMLElement | null {
  const wanted = all<HTMLInputElement>('[required], [aria-required="true"]', form).find(isEmpty)
  return wanted ?? one('.is-invalid', form) ?? one('[data-submit]', form)
}

function unfold(form: HTMLFormElement, focus: boolean): void {
  const foot = form.closest('.cl-do')
  if (!foot) return
  for (const other of formsOf(foot)) other.hidden = other !== form
  for (const button of all('[data-form]', foot)) button.setAttribute('aria-expanded', String(button.dataset['form'] === form.id))
  if (focus) {
    firstWanted(form)?.focus()
    form.scrollIntoView({ block: 'nearest' })
  }
}

function fold(form: HTMLFormElement): void {
  form.hidden = true
  const button = all('[data-form]').find((one) => one.dataset['form'] === form.id)
  button?.setAttribute('aria-expanded', 'false')
  button?.focus()
}

on('click', '[data-form]', (button) => {
  const form = document.getElementById(button.dataset['form'] ?? '')
  if (!(form instanceof HTMLFormElement)) return
  if (form.hidden) unfold(form, true)
  else fold(form)
})
on('click', '[data-fold]', (button) => {
  const form = button.closest<HTMLFormElement>('form.cl-form')
  if (form) fold(form)
})
document.addEventListener('draft-restored', (event) => {
  const form = event.target as HTMLFormElement
  if (form.matches('form.cl-form') && form.dataset['dirty'] !== undefined) unfold(form, false)
})

// Enter ticks a box and goes on to what is wanted next; at last to the button.
on('keydown', 'form.cl-form .form-check-input', (element, event) => {
  const form = element.closest<HTMLFormElement>('form.cl-form')
  if (event.key !== 'Enter' || event.ctrlKey || !form) return
  const box = element as HTMLInputElement
  box.checked = true
  box.dispatchEvent(new Event('input', { bubbles: true }))
  firstWanted(form)?.focus()
  event.preventDefault()
})

// Photos travel by themselves; a form does not go before them.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.matches('form.cl-form') || !hasUnsent(form)) return
  event.preventDefault()
  event.stopImmediatePropagation()
  const words = make('p', { class: 'cl-field__error', role: 'alert' }, t('还有照片没有上传完'))
  one('.cl-form__foot', form)?.append(words)
  window.setTimeout(() => words.remove(), 6_000)
}, true)

// Escape folds the open form before it leads back to the list.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing || one('dialog[open]')) return
  const target = event.target as HTMLElement
  const form = isTyping(target) ? null : target.closest<HTMLFormElement>('form.cl-form')
  if (!form) return
  fold(form)
  event.preventDefault()
}, true)

prepare((root) => {
  const form = all<HTMLFormElement>('form.cl-form[data-open-now]', root)[0]
  if (form) unfold(form, true)
})

// What a panel beside a form proposes is chosen with one press.
on('click', '[data-choose]', (button) => {
  const form = button.closest('form')
  const { choose = '', value = '', label = '' } = button.dataset
  if (form) form.dispatchEvent(new CustomEvent('choose', { detail: { name: choose, value, label } }))
})
// The first proposal is taken by itself where nothing was chosen; the hand is then where it would be after choosing.
document.addEventListener('htmx:afterSettle', (event) => {
  const part = event.target
  if (!(part instanceof HTMLElement) || !part.matches('.cl-beside')) return
  const [form, button] = [part.closest('form'), one('[data-choose-first]', part)]
  if (!form || !button || one(`[data-picker][data-name="${CSS.escape(button.dataset['choose'] ?? '')}"] [data-picked] li`, form)) return
  button.click()
  if (document.activeElement?.getAttribute('role') === 'combobox') firstWanted(form as HTMLFormElement)?.focus()
})
