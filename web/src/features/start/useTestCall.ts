import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { sentence } from '@/api/problem';
import { liveQuery } from '@/api/queries';
import { TestCaller } from './testCaller';

type Call = { contactId: string; heard: MediaStream };

/** A call that a made-up caller in this browser makes, and how far it has come; `onDone` once it is filed. */
export function useTestCall(onDone: (contactId: string | undefined) => void) {
  const { data: live } = useQuery(liveQuery);
  const [phase, setPhase] = useState<'idle' | 'calling' | 'called'>('idle');
  const [call, setCall] = useState<Call | null>(null);
  const [error, setError] = useState<string | null>(null);
  const caller = useRef<TestCaller | null>(null);
  useEffect(() => () => caller.current?.hangUp(), []);

  const contact = live?.contacts.find((each) => each.id === call?.contactId);
  const seen = useSeen(call?.contactId, contact !== undefined);
  const over = call !== null && seen && contact === undefined;
  const answered = useSeen(call?.contactId, contact?.state === 'talking' || contact?.state === 'after_contact_work');

  useEffect(() => {
    if (contact?.state === 'after_contact_work' || over) caller.current?.dispose();
    if (over && answered) onDone(call?.contactId);
  }, [contact?.state, over, answered, call, onDone]);

  const start = async () => {
    setError(null);
    setCall(null);
    setPhase('calling');
    const current = new TestCaller(() => setPhase('idle'));
    caller.current = current;
    try {
      setCall(await current.call());
      setPhase('called');
    } catch (cause) {
      setPhase('idle');
      setError(sentence(cause));
    }
  };

  return {
    call,
    contact,
    error,
    calling: phase === 'calling',
    running: phase === 'calling' || (phase === 'called' && !over),
    ended: answered && (contact?.state === 'after_contact_work' || over),
    over,
    unanswered: over && !answered,
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
