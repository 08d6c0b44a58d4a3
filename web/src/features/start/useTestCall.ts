import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { sentence } from '@/api/problem';
import { liveQuery } from '@/api/queries';
import { type MadeCall, TestCaller } from './testCaller';
import { testCallStage } from './testCallStage';

/** A call that a made-up caller in this browser makes, and how far it has come; `onDone` once it is filed. */
export function useTestCall(onDone: (contactId: string | undefined) => void) {
  const { data: live } = useQuery(liveQuery);
  const [phase, setPhase] = useState<'idle' | 'calling' | 'called'>('idle');
  const [call, setCall] = useState<MadeCall | null>(null);
  const [error, setError] = useState<string | null>(null);
  const caller = useRef<TestCaller | null>(null);
  useEffect(() => () => caller.current?.hangUp(), []);

  const contact = live?.contacts.find((each) => each.id === call?.contactId);
  const state = contact?.state;
  const seen = useSeen(call?.contactId, contact !== undefined);
  const answered = useSeen(call?.contactId, state === 'talking' || state === 'after_contact_work');
  const stage = testCallStage({ phase, state, seen, answered });

  const filed = useEffectEvent(() => onDone(call?.contactId));
  useEffect(() => {
    if (stage === 'filing' || stage === 'filed' || stage === 'unanswered') caller.current?.dispose();
    if (stage === 'filed') filed();
  }, [stage]);

  const start = async () => {
    setError(null);
    setCall(null);
    setPhase('calling');
    const current = new TestCaller(() => setPhase('idle'));
    caller.current = current;
    try {
      const made = await current.call();
      if (!made) return;
      setCall(made);
      setPhase('called');
    } catch (cause) {
      setError(sentence(cause));
    }
  };

  return {
    stage,
    call,
    contact,
    error,
    start: () => void start(),
    hangUp: () => caller.current?.hangUp(),
    setAloud: (aloud: boolean) => caller.current?.setAloud(aloud),
  };
}

/** Whether `now` was ever true for this contact. */
function useSeen(contactId: string | undefined, now: boolean): boolean {
  const [seenFor, setSeenFor] = useState<string | undefined>();
  if (now && seenFor !== contactId) setSeenFor(contactId);
  return now || (contactId !== undefined && seenFor === contactId);
}
