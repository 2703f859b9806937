// Hands stay on the keyboard: Enter goes on, Ctrl and Enter send, digits pick a standard, Alt and a letter press a button.
import { all, on, one } from '../core/dom'
import { endBusy } from '../core/busy'
import { t } from '../core/texts'
import { hasUnsent } from '../phone/shots'
import { goAfter, put, theForm, valueOf } from './form'

const composes = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229

function pickByDigit(event: KeyboardEvent): boolean {
  const group = event.target instanceof HTMLInputElement && event.target.type === 'radio' ? event.target : null
  if (!group || !/^[1-9]$/.test(event.key)) return false
  const radio = all<HTMLInputElement>(`#register input[name="${CSS.escape(group.name)}"]`)[Number(event.key) - 1]
  if (!radio) return false
  radio.click()
  goAfter(radio)
  return true
}

function goOn(event: KeyboardEvent): boolean {
  const target = event.target
  if (event.key !== 'Enter') return false
  if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement) || event.shiftKey) return false
  if (target instanceof HTMLInputElement && target.type === 'radio' && !target.checked) target.click()
  goAfter(target)
  return true
}

on('keydown', 'form[data-register]', (form, event) => {
  if (event.defaultPrevented || composes(event) || event.altKey || event.metaKey) return
  if (event.ctrlKey) {
    if (event.key !== 'Enter') return
    ;(form as HTMLFormElement).requestSubmit()
  } else if (!pickByDigit(event) && !goOn(event)) return
  event.preventDefault()
})

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || composes(event) || !event.altKey || event.ctrlKey || event.metaKey || one('dialog[open]')) return
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase()
  // Back to the desk: the city's name leads there from every page.
  const button = letter === 'g' ? one('.cl-bar__city') : letter && all(`[data-alt="${letter}"]`).find((each) => each.getClientRects().length > 0 && !each.closest('[data-busy]'))
  if (!button) return
  button.click()
  event.preventDefault()
})

// A picture from a chat or a screenshot is pasted as it is.
document.addEventListener('paste', (event) => {
  const pictures = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith('image/'))
  const input = one<HTMLInputElement>('#register [data-shoot]')
  if (!input || pictures.length === 0) return
  const basket = new DataTransfer()
  for (const picture of pictures) basket.items.add(picture)
  input.files = basket.files
  input.dispatchEvent(new Event('change', { bubbles: true }))
  event.preventDefault()
})

document.addEventListener(
  'submit',
  (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form !== theForm() || !hasUnsent(form)) return
    event.preventDefault()
    event.stopImmediatePropagation()
    window.setTimeout(() => endBusy(form))
    const place = one('[data-shots-state]', form)
    if (place) place.textContent = t('还有照片没有上传完')
  },
  true,
)

// Words in the category field that chose none are said at once, not when the report is sent.
function judgeCategory(field: HTMLInputElement): void {
  const isLoose = field.value.trim() !== '' && valueOf('minor') === ''
  field.classList.toggle('is-invalid', isLoose)
  field.setAttribute('aria-invalid', String(isLoose))
  one('[data-no-category]')?.toggleAttribute('hidden', !isLoose)
}
on('focusout', '#category', (field) => window.setTimeout(() => judgeCategory(field as HTMLInputElement), 150))
on('change', '#category', (field) => judgeCategory(field as HTMLInputElement))

on('click', '[data-fill-name]', (button) => put('reporter_name', button.dataset['fillName'] ?? ''))
