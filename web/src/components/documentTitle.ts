import { useEffect } from 'react';

let page = 'Offhook';
let notice: string | null = null;

function show() {
  document.title = notice ?? page;
}

/** Names the page in the window's title. */
export function usePageTitle(title: string) {
  useEffect(() => {
    page = `${title} · Offhook`;
    show();
  }, [title]);
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
