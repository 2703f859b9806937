// htmx 2 with the one extension that we use (morph), and what every request of ours has in common.
import htmx from 'htmx.org'
import { Idiomorph } from 'idiomorph'
import { endBusy, startBusy } from './busy'
import { prepareAll } from './dom'
import { keepDraft, settleDraft } from './drafts'
import { hideTrouble, isSignIn, showOffline, showServerTrouble, showSignedOut } from './network'

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  // Every element says itself what it does (as in htmx 4): a link in a morphed list must not morph the case's form.
  disableInheritance: true,
  // New content is bound at once: a key pressed in between would find a form that nobody listens to.
  defaultSettleDelay: 0,
  historyCacheSize: 0, // pages hold personal data: none of it is left in the browser's storage
  refreshOnHistoryMiss: true,
  timeout: 20_000,
  scrollBehavior: 'instant',
  // A refusal is a page to read: it is swapped in. A broken server is not.
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '401', swap: false, error: true },
    { code: '403|404|409|413|422|429', swap: true, error: false },
    { code: '...', swap: false, error: true },
  ],
})

// hx-swap="morph" or "morph:innerHTML" changes only what differs: focus, scrolling and text being written stay.
htmx.defineExtension('morph', {
  isInlineSwap: (style) => style === 'morph' || style === 'morph:outerHTML',
  handleSwap(style, target, fragment) {
    if (style !== 'morph' && style !== 'morph:innerHTML' && style !== 'morph:outerHTML') return false
    const content = fragment instanceof DocumentFragment ? [...fragment.childNodes] : fragment
    return Idiomorph.morph(target as Element, content as Node[], {
      morphStyle: style === 'morph:innerHTML' ? 'innerHTML' : 'outerHTML',
      ignoreActiveValue: true,
    }) as Node[]
  },
})

interface RequestDetail {
  elt: HTMLElement
  target: HTMLElement
  headers: Record<string, string>
  successful?: boolean
  xhr: XMLHttpRequest
  requestConfig: { verb: string; path: string; elt: HTMLElement; triggeringEvent?: Event }
}

const detailOf = (event: Event) => (event as CustomEvent<RequestDetail>).detail
// `elt` becomes a parent once the form itself has left the page, as it does when the list is done.
const formOf = (detail: RequestDetail) => {
  const sender = detail.requestConfig?.elt ?? detail.elt
  return sender instanceof HTMLFormElement ? sender : null
}
const isBackground = (detail: RequestDetail) => detail.elt.hasAttribute('data-refresh')

const listen = (name: string, handle: (detail: RequestDetail, event: Event) => void) =>
  document.addEventListener(name, (event) => handle(detailOf(event), event))

listen('htmx:configRequest', (detail) => {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content
  if (token) detail.headers['X-CSRFToken'] = token
})
listen('htmx:beforeRequest', (detail) => {
  const form = formOf(detail)
  if (form) {
    startBusy(form)
    keepDraft(form)
  }
})
listen('htmx:afterRequest', (detail) => {
  const form = formOf(detail)
  if (form) endBusy(form)
  if (!detail.successful || isSignIn(detail.xhr.getResponseHeader('HX-Redirect'))) return
  hideTrouble()
  if (form && detail.requestConfig.verb !== 'get' && detail.xhr.status < 300) settleDraft(form)
})

function retry(detail: RequestDetail): void {
  const { elt, requestConfig, target } = detail
  if (elt instanceof HTMLFormElement) elt.requestSubmit()
  else void htmx.ajax(requestConfig.verb as 'get', requestConfig.path, { source: elt, target })
}

for (const name of ['htmx:sendError', 'htmx:timeout']) {
  listen(name, (detail) => showOffline(() => retry(detail)))
}
listen('htmx:responseError', (detail) => {
  if (detail.xhr.status === 401) showSignedOut()
  else if (!isBackground(detail)) showServerTrouble(() => retry(detail))
})
// A session that has ended sends htmx to the sign-in page. It must not tear away what is being written: it is said instead.
listen('htmx:beforeOnLoad', (detail, event) => {
  if (!isSignIn(detail.xhr.getResponseHeader('HX-Redirect'))) return
  event.preventDefault()
  showSignedOut()
})
htmx.onLoad((root) => prepareAll(root as HTMLElement))

export { htmx }
