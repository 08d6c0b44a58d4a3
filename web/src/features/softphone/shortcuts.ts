/** What a key does on the phone. */
export type Command = 'accept' | 'decline' | 'mute' | 'end' | 'save' | 'toggleAvailable' | 'notes';

/**
 * Alt+Shift and a letter, by the key's place on the keyboard (`code`), so that layouts do not move them. Ctrl+Shift is the
 * browser's and Ctrl+Alt is AltGr.
 */
export const shortcuts: { command: Command; code: string; label: string }[] = [
  { command: 'accept', code: 'KeyA', label: 'Accept' },
  { command: 'decline', code: 'KeyR', label: 'Decline' },
  { command: 'mute', code: 'KeyM', label: 'Mute or unmute' },
  { command: 'end', code: 'KeyE', label: 'End (press twice)' },
  { command: 'notes', code: 'KeyN', label: 'Write notes' },
  { command: 'save', code: 'KeyS', label: 'Save after-contact work' },
  { command: 'toggleAvailable', code: 'KeyV', label: 'Available or away' },
];

type Key = Pick<KeyboardEvent, 'altKey' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'code' | 'repeat'>;

/** The command of a key press, null when it is none of ours or the key is only held down. */
export function commandOf(key: Key): Command | null {
  if (!key.altKey || !key.shiftKey || key.ctrlKey || key.metaKey || key.repeat) return null;
  return shortcuts.find((shortcut) => shortcut.code === key.code)?.command ?? null;
}

/** The keys of a command as `aria-keyshortcuts` wants them. */
export function ariaKeys(command: Command): string {
  return `Alt+Shift+${letter(command)}`;
}

/** The keys of a command as people read them. */
export function shownKeys(command: Command): string {
  return `Alt Shift ${letter(command)}`;
}

function letter(command: Command): string {
  return shortcuts.find((shortcut) => shortcut.command === command)?.code.slice(3) ?? '';
}

/** Tells whether a second press came soon enough to mean it. */
export class DoublePress {
  readonly #withinMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  /** Takes a press; true for the second of two. */
  press(nowMs: number): boolean {
    const second = nowMs - this.#lastMs <= this.#withinMs;
    this.#lastMs = second ? Number.NEGATIVE_INFINITY : nowMs;
    return second;
  }
}
