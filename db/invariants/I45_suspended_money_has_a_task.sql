-- id: I45
-- title: Money in suspense was put before a person, once
-- when: always
-- Whether it is decided says the task: one that is closed has its reason.
select format('The %s %s of gateway %s, %s %s, is in suspense, and no task says so.', kind, reference, gateway, amount_minor,
              currency) as what,
       order_id
  from payments.suspense
 where not exists (select from tasks.tasks where tasks.cause = suspense.task_cause)
union all
select format('The webhook %s of gateway %s was parked as %s, and no task names it.', event_id, gateway, outcome), null
  from payments.webhook_inbox
 where state = 'parked'
   and not exists (select from tasks.tasks
                    where tasks.detail ->> 'gateway' = webhook_inbox.gateway
                      and tasks.detail ->> 'reference' = webhook_inbox.payment_id)
