import { createFileRoute } from '@tanstack/react-router';
import { NumbersPage } from '@/features/numbers/NumbersPage';

export const Route = createFileRoute('/_app/numbers')({ component: NumbersPage });
