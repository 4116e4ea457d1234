/** A request of the SDK, as far as the policy looks at it. */
type Request = { url: string; allowInsecureConnection?: boolean }

/**
 * Lets the SDK's administration client talk to the emulator: it knows HTTPS only, and the emulator serves plain HTTP.
 *
 * ```ts
 * const client = new ServiceBusAdministrationClient(emulator.administrationConnectionString)
 * client.pipeline.addPolicy(plainHttpPolicy)
 * ```
 */
export const plainHttpPolicy = {
  name: 'plainHttpPolicy',
  sendRequest<Sent extends Request, Response>(
    request: Sent,
    next: (request: Sent) => Promise<Response>,
  ): Promise<Response> {
    request.url = request.url.replace(/^https:/, 'http:')
    request.allowInsecureConnection = true
    return next(request)
  },
}
