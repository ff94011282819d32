-- Once, as the server's administrator: two roles and a database. Choose two long passwords of your own.
create role depthwork_owner login nosuperuser bypassrls password 'CHOOSE-ONE';
create role depthwork_site login nosuperuser nobypassrls password 'CHOOSE-ANOTHER';
create database depthwork owner depthwork_owner encoding 'UTF8' template template0;
revoke all on database depthwork from public;
grant connect on database depthwork to depthwork_site;
