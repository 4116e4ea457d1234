/** A viewer sees, an operator acts. */
export type Role = 'viewer' | 'operator'

/** `POST /api/session`: the token of the link, and the name under which acts are recorded. */
export type SessionRequest = { readonly token: string; readonly name?: string }

/** `GET /api/session` and the answer to the POST. */
export type Session = {
  readonly role: Role
  readonly name: string
  /** Nothing can be changed, in any role. */
  readonly readOnly: boolean
  /** How the dashboard is labelled, for instance `PROD`. */
  readonly label: string | null
  readonly payloads: 'full' | 'keys' | 'none'
  /** Which optional pages there are. */
  readonly pages: {
    readonly integrity: boolean
    readonly privacy: boolean
    readonly rules: boolean
    readonly groups: boolean
  }
}

/** Every failure, as `application/problem+json`. */
export type Problem = {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
}
