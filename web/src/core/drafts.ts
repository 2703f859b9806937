// Half-written text survives a refresh, a crash and a lost network. A form is kept under `data-draft`, for this person,
// together with its client id, so that sending it again later is the same action and not a second one. A field with
// `data-private` (a citizen's name or number) is kept only while the window is open.
import { all, make, on, prepare } from './dom'
import { newId } from './identity'
import { forget, forgetForSession, forgetOld, keep, keepForSession, recall, recallForSession } from './storage'
import { t } from './texts'

export type Fields = Record<string, string[]>

interface Draft {
  fields: Fields
  client_id: string
  at: number
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
const SECRET = new Set(['password', 'file', 'submit', 'button', 'image', 'reset'])
const DAYS_KEPT = 7

const nameOf = (form: HTMLFormElement) => (form.dataset['draft'] ? `draft:${form.dataset['draft']}` : null)

function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.elements].filter(
    (element): element is Field =>
      (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) &&
      element.name !== '' && !SECRET.has(element.type) && (element.type !== 'hidden' || element.hasAttribute('data-keep')),
  )
}

function read(field: Field): string[] {
  if (field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')) return field.checked ? [field.value] : []
  if (field instanceof HTMLSelectElement) return [...field.selectedOptions].map((option) => option.value)
  return [field.value]
}

function write(field: Field, values: string[]): boolean {
  const before = read(field).join('\n')
  if (field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')) field.checked = values.includes(field.value)
  else if (field instanceof HTMLSelectElement) for (const option of field.options) option.selected = values.includes(option.value)
  else field.value = values.shift() ?? field.value
  return before !== read(field).join('\n')
}

function clientIdField(form: HTMLFormElement): HTMLInputElement | null {
  const field = form.elements.namedItem('client_id')
  return field instanceof HTMLInputElement ? field : null
}

/** What stands in the form now, by field: either what may be kept, or what is private. */
export function readForm(form: HTMLFormElement, { isPrivate }: { isPrivate: boolean }): Fields {
  const fields: Fields = {}
  for (const field of fieldsOf(form)) {
    if (field.hasAttribute('data-private') === isPrivate) (fields[field.name] ??= []).push(...read(field))
  }
  return fields
}

/** Put values back into the form; whether that changed anything. */
export function fillForm(form: HTMLFormElement, fields: Fields): boolean {
  const left = new Map(Object.entries(fields).map(([field, values]) => [field, [...values]]))
  const changed = fieldsOf(form).map((field) => {
    const values = left.get(field.name)
    return values ? write(field, field.type === 'checkbox' || field.type === 'radio' ? [...values] : values) : false
  })
  return changed.includes(true)
}

/** Keep what stands in the form now. */
export function keepDraft(form: HTMLFormElement): void {
  const name = nameOf(form)
  if (!name) return
  const fields = readForm(form, { isPrivate: false })
  keep(name, { fields, client_id: clientIdField(form)?.value ?? '', at: Date.now() } satisfies Draft)
  keepForSession(name, readForm(form, { isPrivate: true }))
}

/** The form has been accepted: forget its text; what is sent from it next is another action. */
export function settleDraft(form: HTMLFormElement): void {
  const name = nameOf(form)
  if (name) {
    forget(name)
    forgetForSession(name)
  }
  changedForms.delete(form) // leaving the page must not keep once more what has just been accepted
  delete form.dataset['dirty']
  const id = clientIdField(form)
  if (id) id.value = newId()
}

function restore(form: HTMLFormElement): void {
  const name = nameOf(form)
  const draft = name ? recall<Draft>(name) : null
  if (!name || !draft) return
  // A form's reset leaves hidden fields alone: they are put back by hand.
  const hidden = fieldsOf(form).filter((field) => field.type === 'hidden').map((field) => ({ field, value: field.value }))
  const changed = fillForm(form, { ...draft.fields, ...recallForSession<Fields>(name) })
  const id = clientIdField(form)
  if (id && draft.client_id) id.value = draft.client_id
  if (!changed) return
  form.dataset['dirty'] = ''
  form.dispatchEvent(new CustomEvent('draft-restored', { bubbles: true }))
  const discard = make('button', { type: 'button', class: 'btn btn-plain btn-sm' }, t('清除'))
  const bar = make('div', { class: 'cl-field__hint', role: 'status', 'data-restored': '' }, t('已恢复上次未提交的内容'), ' ', discard)
  discard.addEventListener('click', () => {
    form.reset()
    for (const { field, value } of hidden) field.value = value
    settleDraft(form)
    bar.remove()
    form.dispatchEvent(new CustomEvent('draft-discarded', { bubbles: true }))
    form.dispatchEvent(new CustomEvent('draft-restored', { bubbles: true }))
  })
  form.prepend(bar)
}

let waiting = 0
const changedForms = new Set<HTMLFormElement>()

function keepChanged(): void {
  for (const form of changedForms) if (form.isConnected) keepDraft(form)
  changedForms.clear()
}

on('input', 'form[data-draft]', (element) => {
  element.dataset['dirty'] = ''
  changedForms.add(element as HTMLFormElement)
  window.clearTimeout(waiting)
  waiting = window.setTimeout(keepChanged, 250)
})
window.addEventListener('pagehide', keepChanged)
document.addEventListener('visibilitychange', keepChanged)

prepare((root) => {
  for (const form of all<HTMLFormElement>('form', root)) {
    const id = clientIdField(form)
    if (id && !id.value) id.value = newId()
    if (form.dataset['draft'] && !form.dataset['drafted']) {
      form.dataset['drafted'] = ''
      restore(form)
    }
  }
})
forgetOld('draft:', DAYS_KEPT, Date.now())
