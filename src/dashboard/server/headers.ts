import { SECURITY_HEADERS } from '../../process/http/security-headers.ts'

/** The headers of every response. The pages may load scripts, styles, images and data from their own origin only. */
export const DASHBOARD_HEADERS = {
  ...SECURITY_HEADERS,
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
} as const
