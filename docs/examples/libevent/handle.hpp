// The objects of libevent, each with an owner that frees it.

#ifndef EXAMPLES_LIBEVENT_HANDLE_HPP
#define EXAMPLES_LIBEVENT_HANDLE_HPP

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <memory>

struct deleter {
    void operator()(event_base* b) const { event_base_free(b); }
    void operator()(bufferevent* b) const { bufferevent_free(b); }
    void operator()(event* e) const { event_free(e); }
    void operator()(evconnlistener* l) const { evconnlistener_free(l); }
};
template <class T>
using handle = std::unique_ptr<T, deleter>;

#endif
