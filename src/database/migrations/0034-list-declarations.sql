-- What an organisation sent one by one, newest first: ids are in the order of time. Rows of batches in CSV stand with their batch.
create index declaration_sent on declaration (sender_organization, declaration_id) where channel in ('xml', 'json');
