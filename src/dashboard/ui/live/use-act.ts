import { useSignal } from '@preact/signals'
import { failureOf } from './use-request.ts'

/** Something that a person does: whether it is being done, and why it failed, as a sentence with its code. */
export type Act = {
  readonly busy: boolean
  readonly failure: string
  readonly act: (run: () => Promise<unknown>) => void
}

/** Does one thing at a time, and keeps the failure of the last one. */
export function useAct(): Act {
  const busy = useSignal(false)
  const failure = useSignal('')
  return {
    busy: busy.value,
    failure: failure.value,
    act(run) {
      if (busy.peek()) return
      busy.value = true
      failure.value = ''
      run()
        .catch((error: unknown) => {
          const { code, message } = failureOf(error)
          failure.value = `${message} (${code})`
        })
        .finally(() => {
          busy.value = false
        })
    },
  }
}
