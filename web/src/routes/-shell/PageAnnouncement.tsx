import { VisuallyHidden } from '@mantine/core';
import { useShownPage } from '@/components/documentTitle';

/** Tells who hears the console which page has come: no document is loaded that the browser would name. */
export function PageAnnouncement() {
  return (
    <VisuallyHidden aria-live="polite" aria-atomic>
      {useShownPage()}
    </VisuallyHidden>
  );
}
