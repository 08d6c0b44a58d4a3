import { type UseFormInput, useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import type { Tenant, TenantPatch } from '@/api/model';
import { fieldErrors } from '@/api/problem';
import { meQuery, tenantQuery } from '@/api/queries';

/**
 * A form over some of the tenant's settings: what is saved becomes what there is to change. `alongside` does what goes
 * with it once the tenant's own settings are saved.
 */
export function useTenantForm<T extends TenantPatch & Record<string, unknown>>(
  valuesOf: (tenant: Tenant) => T,
  tenant: Tenant,
  validate: UseFormInput<T>['validate'],
  alongside: (saved: Tenant) => Promise<void> = async () => {},
) {
  const client = useQueryClient();
  const form = useForm<T>({ mode: 'controlled', initialValues: valuesOf(tenant), validate });
  const save = useMutation({
    mutationFn: async (body: TenantPatch) => {
      const saved = await answer(api.PATCH('/api/v1/tenant', { body }));
      await alongside(saved);
      return saved;
    },
    onSuccess: (saved) => {
      client.setQueryData(tenantQuery.queryKey, saved);
      client.setQueryData(meQuery.queryKey, (me) => me && { ...me, tenant: saved });
      form.setInitialValues(valuesOf(saved));
      form.setValues(valuesOf(saved) as Partial<T>);
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const discard = () => {
    save.reset();
    form.reset();
  };
  return { form, save, discard };
}
