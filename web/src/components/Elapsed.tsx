import { Text, type TextProps } from '@mantine/core';
import { useServerNow } from '@/api/clock';
import { clock, countdown } from './format';

/** The time since a moment of the server's clock, ticking; never announced. */
export function Elapsed({ since, ...text }: { since: string } & TextProps) {
  const now = useServerNow();
  return (
    <Text span inherit className="num" aria-live="off" {...text}>
      {clock(now - Date.parse(since))}
    </Text>
  );
}

/** The time left until a moment of the server's clock, ticking down to zero. */
export function Remaining({ until, ...text }: { until: string } & TextProps) {
  const now = useServerNow();
  return (
    <Text span inherit className="num" aria-live="off" {...text}>
      {countdown(Date.parse(until) - now)}
    </Text>
  );
}
