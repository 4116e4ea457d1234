/** Why a request is refused before its content is read. */
export type Refusal = { readonly status: number; readonly code: string; readonly detail: string }
