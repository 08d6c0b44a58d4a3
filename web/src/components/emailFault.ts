/** What is plainly no e-mail address; null for all else, which the server judges. */
export function emailFault(email: string): string | null {
  return /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? null : 'Enter an e-mail address.';
}
