import { createFileRoute } from '@tanstack/react-router';
import { DeskPage } from '@/features/desk/DeskPage';

export const Route = createFileRoute('/_app/desk')({ component: DeskPage });
