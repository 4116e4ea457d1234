import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib'

/** A file of the pages, as a browser is sent it. */
export type Asset = {
  /** The value of `content-type`. */
  readonly type: string
  readonly body: Uint8Array
  /** The value of `etag`, with its quotes. */
  readonly etag: string
  /** Whether its name contains a hash of its content, so that it never changes. */
  readonly cacheable: boolean
  /** The body compressed, which is done once. */
  compressed(encoding: Encoding): Uint8Array
}

export type Encoding = 'br' | 'gzip'

const TYPES: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
}

/** @param name the file's name, from whose extension its type follows */
export function createAsset(name: string, content: string | Uint8Array, cacheable: boolean): Asset {
  const body = typeof content === 'string' ? Buffer.from(content) : content
  const done = new Map<Encoding, Uint8Array>()
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    body,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    cacheable,
    compressed(encoding) {
      const known = done.get(encoding)
      if (known !== undefined) return known
      const compressed = COMPRESS[encoding](body)
      done.set(encoding, compressed)
      return compressed
    },
  }
}

const COMPRESS = {
  br: (body: Uint8Array) => brotliCompressSync(body, { params: { [zlib.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (body: Uint8Array) => gzipSync(body, { level: 9 }),
}
