// A failed request is said clearly, with a way to repeat it, and loses nothing: the form is still there and kept.
import { make, say } from './dom'
import { t, type Words } from './texts'

let bar: HTMLElement | null = null

function show(words: Words, label: Words, go: () => void): void {
  hideTrouble()
  const button = make('button', { type: 'button', class: 'btn btn-plain btn-sm' }, t(label))
  button.addEventListener('click', () => {
    hideTrouble()
    go()
  })
  bar = make('div', { class: 'cl-offline', role: 'alert', 'data-trouble': '' }, make('span', {}, t(words)), button)
  document.body.prepend(bar)
  say(t(words))
}

export function hideTrouble(): void {
  bar?.remove()
  bar = null
}

export const showOffline = (retry: () => void): void => show('网络中断，内容已保存在本机，恢复后可重试', '重试', retry)
export const showServerTrouble = (retry: () => void): void => show('服务器没有完成这次操作，内容已保存在本机', '重试', retry)
export const showSignedOut = (): void =>
  show('登录已过期，请重新登录后继续，内容已保存在本机', '重新登录', () => window.location.reload())

/** Whether the server sends us to sign in; `<meta name="sign-in">` names that page. */
export function isSignIn(address: string | null): boolean {
  const page = document.querySelector<HTMLMetaElement>('meta[name="sign-in"]')?.content
  return Boolean(address && page && new URL(address, location.href).pathname === new URL(page, location.href).pathname)
}
