// Writes the clipboard, clears a line, moves the cursor up, turns the direction of text, hides text.
export const HOSTILE = '\u001b]52;c;aGk=\u0007\u001b[2K\u009b1A\u007f\u202e\u2066\u200b\u{e0041}\r\b'

// What no output may hold, besides the ends of lines.
export const OBEYED = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u
