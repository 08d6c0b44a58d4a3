import { useEffect, useSyncExternalStore } from 'react';

let page = 'Offhook';
let notice: string | null = null;
const listeners = new Set<() => void>();

function show() {
  document.title = notice ?? page;
}

/** Names the page in the window's title. */
export function usePageTitle(title: string) {
  useEffect(() => {
    page = `${title} · Offhook`;
    show();
    for (const listener of listeners) listener();
  }, [title]);
}

/** The page's name in the window's title, whatever notice stands in its place. */
export function useShownPage(): string {
  return useSyncExternalStore(subscribe, () => page);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Puts a notice in the window's title, in place of the page, for as long as it is not null. */
export function useTitleNotice(text: string | null, flashing = false) {
  useEffect(() => {
    if (text === null) return;
    notice = text;
    show();
    const timer = flashing
      ? setInterval(() => {
          notice = notice === null ? text : null;
          show();
        }, 700)
      : undefined;
    return () => {
      clearInterval(timer);
      notice = null;
      show();
    };
  }, [text, flashing]);
}
