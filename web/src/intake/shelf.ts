// A call may break off: what is typed so far is put aside under the person's name on this machine, and taken out later.
// The caller's name and number stay only while the window is open.
import { make, on, one, prepare, say } from '../core/dom'
import { fillForm, readForm, settleDraft, type Fields } from '../core/drafts'
import { newId } from '../core/identity'
import { forgetForSession, keep, keepForSession, recall, recallForSession } from '../core/storage'
import { t } from '../core/texts'
import { goFirst, theForm } from './form'

interface Shelved {
  id: string
  at: number
  fields: Fields
}

const NAME = 'register-shelf'
const MOST = 20
const KEPT = 7 * 86_400_000

const privateOf = (id: string) => `register-shelf:${id}`
const shelved = (): Shelved[] => (recall<Shelved[]>(NAME) ?? []).filter((one) => Date.now() - one.at < KEPT)
const first = (one: Shelved, name: string) => one.fields[name]?.[0]?.trim() ?? ''
const titleOf = (one: Shelved) => [first(one, 'minor_name'), first(one, 'description') || first(one, 'address')].filter(Boolean).join(' ') || t('未填内容')
const timeOf = (one: Shelved) => new Date(one.at).toTimeString().slice(0, 5)

function paint(): void {
  const [part, list] = [one('[data-shelf]'), one('[data-shelf-list]')]
  if (!part || !list) return
  const found = shelved()
  part.hidden = found.length === 0
  list.replaceChildren(
    ...found.map((each) =>
      make('li', { class: 'cl-like' }, make('div', { class: 'cl-clamp' }, `${timeOf(each)} ${titleOf(each)}`),
        make('button', { type: 'button', class: 'btn btn-plain btn-sm', 'data-take-out': each.id }, t('取出')), ' ',
        make('button', { type: 'button', class: 'btn btn-plain btn-sm', 'data-throw-out': each.id }, t('删除'))),
    ),
  )
}

/** An empty form again; what the next person says is another report. */
function empty(form: HTMLFormElement): void {
  form.reset()
  for (const field of form.querySelectorAll<HTMLInputElement>('input[data-keep]')) field.value = ''
  for (const list of form.querySelectorAll('[data-shots-list]')) list.replaceChildren()
  form.querySelector('[data-restored]')?.remove()
  settleDraft(form)
  form.dispatchEvent(new CustomEvent('draft-restored', { bubbles: true }))
  goFirst()
}

function throwOut(id: string): void {
  keep(NAME, shelved().filter((each) => each.id !== id))
  forgetForSession(privateOf(id))
}

on('click', '[data-shelve]', () => {
  const form = theForm()
  if (!form) return
  const id = newId()
  keep(NAME, [{ id, at: Date.now(), fields: readForm(form, { isPrivate: false }) }, ...shelved()].slice(0, MOST))
  keepForSession(privateOf(id), readForm(form, { isPrivate: true }))
  empty(form)
  paint()
  say(t('已暂存'))
})
on('click', '[data-clear], form[data-register] [data-restored] button', () => {
  const form = theForm()
  if (form) empty(form)
})
on('click', '[data-take-out]', (button) => {
  const form = theForm()
  const found = shelved().find((each) => each.id === button.dataset['takeOut'])
  if (!form || !found) return
  fillForm(form, { ...found.fields, ...recallForSession<Fields>(privateOf(found.id)) })
  throwOut(found.id)
  form.dispatchEvent(new Event('input', { bubbles: true }))
  form.dispatchEvent(new CustomEvent('draft-restored', { bubbles: true }))
  paint()
  goFirst()
})
on('click', '[data-throw-out]', (button) => {
  throwOut(button.dataset['throwOut'] ?? '')
  paint()
})
prepare(paint)
