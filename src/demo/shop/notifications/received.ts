/** The stream of all that was received. */
export const RECEIVED = 'notification:received'
