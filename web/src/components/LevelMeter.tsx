import { Progress } from '@mantine/core';
import { useLevel } from '@/media/useLevel';

/** A bar that moves with a stream's loudness. */
export function LevelMeter({ stream, label }: { stream: MediaStream | null; label: string }) {
  const level = useLevel(stream);
  return (
    <Progress.Root size="sm" transitionDuration={60}>
      <Progress.Section value={Math.round(level * 100)} color="teal.8" aria-label={label} />
    </Progress.Root>
  );
}
