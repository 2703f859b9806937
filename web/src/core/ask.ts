// Questions to the API: an answer, or a trouble that says what kind it is and in whose words.
import { t } from './texts'

export type TroubleKind = 'offline' | 'signed_out' | 'refused' | 'server'

export class Trouble extends Error {
  constructor(readonly kind: TroubleKind, readonly words: string) {
    super(words)
  }
}

export const isTrouble = (error: unknown): error is Trouble => error instanceof Trouble

async function refusalOf(answer: Response): Promise<Trouble> {
  if (answer.status === 401) return new Trouble('signed_out', t('登录已过期，请重新登录'))
  try {
    const { message } = (await answer.json()) as { message?: string }
    if (answer.status < 500 && message) return new Trouble('refused', message)
  } catch {
    // an answer that is no JSON is nobody's sentence
  }
  return new Trouble('server', t('服务器没有应答，请稍后再试'))
}

/** GET as JSON; throws `Trouble`, or what the signal was aborted with. */
export async function ask<T>(address: string, signal?: AbortSignal): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(address, { headers: { Accept: 'application/json' }, ...(signal ? { signal } : {}) })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Trouble('offline', t('网络中断，请稍后再试'))
  }
  if (!answer.ok) throw await refusalOf(answer)
  return (await answer.json()) as T
}
