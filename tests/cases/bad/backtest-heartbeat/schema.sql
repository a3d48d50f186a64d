CREATE TABLE public.orders (id bigint);
