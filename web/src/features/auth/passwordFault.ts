const PASSWORD_CHARS_MIN = 8;
const PASSWORD_CHARS_MAX = 200;

/** What is wrong with a new password, by the server's rule; null when nothing is. */
export function passwordFault(password: string): string | null {
  // The server counts characters, not UTF-16 units.
  const count = [...password].length;
  if (count < PASSWORD_CHARS_MIN) return `Use at least ${PASSWORD_CHARS_MIN} characters.`;
  if (count > PASSWORD_CHARS_MAX) return `Use at most ${PASSWORD_CHARS_MAX} characters.`;
  return null;
}
