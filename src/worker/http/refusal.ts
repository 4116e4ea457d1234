/** Why a request is refused before anything looks at what it asks for. */
export type Refusal = { readonly status: number; readonly code: string; readonly detail: string }
