import { createFileRoute } from '@tanstack/react-router';
import { GreetingPage } from '@/features/start/GreetingPage';

export const Route = createFileRoute('/_app/greeting')({ component: GreetingPage });
