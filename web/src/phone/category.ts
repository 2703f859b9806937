// The category is chosen in a sheet over the report: the same page that the plain link opens, fetched and shown in place.
import { all, make, on, one, prepare } from '../core/dom'
import { t } from '../core/texts'

const dialog = () => one<HTMLDialogElement>('[data-picker-dialog]')
const body = () => one('[data-picker-body]')
let asking: AbortController | null = null
let typing = 0

/** Fetch a level of the tree; `part` names what is replaced, so that a search keeps the field and its focus. */
async function load(url: string, part: '[data-picker]' | '[data-picker-list]'): Promise<void> {
  asking?.abort()
  asking = new AbortController()
  try {
    const answer = await fetch(url, { signal: asking.signal })
    const found = one(part, new DOMParser().parseFromString(await answer.text(), 'text/html'))
    if (!answer.ok || !found) throw new Error('unreadable')
    const old = part === '[data-picker]' ? null : one(part, body() ?? document)
    if (old) old.replaceWith(found)
    else body()?.replaceChildren(found)
    body()?.scrollTo(0, 0)
  } catch (trouble) {
    if (trouble instanceof DOMException && trouble.name === 'AbortError') return
    const again = make('button', { type: 'button', class: 'btn btn-plain btn-lg' }, t('重试'))
    again.addEventListener('click', () => void load(url, part))
    body()?.replaceChildren(make('p', { class: 'cl-none', role: 'alert' }, t('类别没有加载成功，请重试')), again)
  }
}

const valueOf = (form: ParentNode, name: string) => one<HTMLInputElement>(`[data-choice-${name}]`, form)?.value ?? ''

/** Show what the hidden fields say: after a choice, a kept draft, a cleared form. */
function show(form: HTMLElement): void {
  const words = one('[data-choice-words]', form)
  if (words) words.textContent = valueOf(form, 'label') || t('点此选择大类、小类和立案条件')
  const part = one('[data-component-part]', form)
  if (part) part.hidden = valueOf(form, 'kind') !== 'component'
}

function choose(choice: HTMLElement): void {
  const form = one('form[data-report]')
  if (!form) return
  for (const name of ['standard', 'minor', 'kind', 'name', 'label'] as const) {
    const field = one<HTMLInputElement>(`[data-choice-${name}]`, form)
    if (field) field.value = choice.dataset[name] ?? ''
  }
  const component = one<HTMLInputElement>('[name="component_code"]', form)
  if (component) component.value = ''
  show(form)
  one('.cl-field__error', one('[data-open-picker]', form)?.parentElement ?? document.createElement('div'))?.remove()
  form.dispatchEvent(new Event('input', { bubbles: true }))
  form.dispatchEvent(new CustomEvent('category-changed', { bubbles: true }))
  dialog()?.close()
  one('[data-open-picker]', form)?.focus()
}

on('click', '[data-open-picker]', (link, event) => {
  const sheet = dialog()
  if (!sheet || !(link instanceof HTMLAnchorElement) || typeof sheet.showModal !== 'function') return
  event.preventDefault()
  sheet.showModal()
  void load(link.href, '[data-picker]')
})
on('click', '[data-picker-dialog] [data-picker-go]', (link, event) => {
  event.preventDefault()
  void load((link as HTMLAnchorElement).href, '[data-picker]')
})
on('click', '[data-picker-dialog] [data-choice]', (link, event) => {
  event.preventDefault()
  choose(link)
})
on('submit', '[data-picker-dialog] .cl-find', (form, event) => {
  event.preventDefault()
  find(form as HTMLFormElement)
})
on('input', '[data-picker-dialog] .cl-find', (form) => {
  window.clearTimeout(typing)
  typing = window.setTimeout(() => find(form as HTMLFormElement), 300)
})

function find(form: HTMLFormElement): void {
  const words = String(new FormData(form).get('q') ?? '')
  void load(`${form.action}?${new URLSearchParams({ q: words })}`, '[data-picker-list]')
}

on('draft-restored', 'form[data-report]', show)
prepare((root) => all('form[data-report]', root).forEach(show))
