import { notifications } from '@mantine/notifications';
import { sentence } from '@/api/problem';

/** Says that something the user asked for is done. */
export function toastDone(message: string) {
  notifications.show({ message, color: 'teal' });
}

/** Says in one sentence that something the user asked for failed. */
export function toastFailed(title: string, error: unknown) {
  notifications.show({ title, message: sentence(error), color: 'red', autoClose: 8000 });
}
